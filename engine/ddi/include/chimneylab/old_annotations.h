/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The annotations that drivers of the NDIS 6.0 time were written with; sal.h decides when they are wanted.
 */
#ifndef CHIMNEYLAB_DDI_OLD_ANNOTATIONS_H
#define CHIMNEYLAB_DDI_OLD_ANNOTATIONS_H

#define __in
#define __in_opt
#define __in_z
#define __in_bcount(size)
#define __in_bcount_opt(size)
#define __in_ecount(size)
#define __in_ecount_opt(size)
#define __in_range(low, high)
#define __out
#define __out_opt
#define __out_bcount(size)
#define __out_bcount_opt(size)
#define __out_bcount_part(size, length)
#define __out_bcount_full(size)
#define __out_ecount(size)
#define __out_ecount_opt(size)
#define __out_ecount_part(size, length)
#define __out_ecount_full(size)
#define __inout
#define __inout_opt
#define __inout_bcount(size)
#define __inout_bcount_opt(size)
#define __inout_bcount_part(size, length)
#define __inout_bcount_full(size)
#define __inout_ecount(size)
#define __inout_ecount_opt(size)
#define __deref_out
#define __deref_out_opt
#define __deref_opt_out
#define __deref_opt_out_opt
#define __deref_inout
#define __deref_inout_opt
#define __deref_out_bcount(size)
#define __deref_out_bcount_opt(size)
#define __deref_out_ecount(size)
#define __field_bcount(size)
#define __field_bcount_opt(size)
#define __field_ecount(size)
#define __field_ecount_opt(size)
#define __nullterminated
#define __reserved
#define __checkReturn
#define __success(expression)
#define __callback
#define __analysis_assume(expression) ((void)0)
#define __drv_aliasesMem
#define __drv_freesMem(kind)
#define __drv_allocatesMem(kind)
#define __drv_acquiresCriticalRegion
#define __drv_at(target, annotations)
#define __drv_when(condition, annotations)
#define __drv_clearDoInit
#define __drv_dispatchType(type)
#define __drv_functionClass(name)
#define __drv_in(annotations)
#define __drv_in_deref(annotations)
#define __drv_out(annotations)
#define __drv_out_deref(annotations)
#define __drv_isObjectPointer
#define __drv_maxIRQL(irql)
#define __drv_minIRQL(irql)
#define __drv_mustHold(kind)
#define __drv_mustHoldSpinLock
#define __drv_neverHold(kind)
#define __drv_raisesIRQL(irql)
#define __drv_requiresIRQL(irql)
#define __drv_restoresIRQL
#define __drv_restoresIRQLGlobal(kind, parameter)
#define __drv_sameIRQL
#define __drv_savesIRQL
#define __drv_savesIRQLGlobal(kind, parameter)
#define __drv_setsIRQL(irql)
#define __drv_acquiresExclusiveResource(kind)
#define __drv_releasesExclusiveResource(kind)
#define __drv_acquiresResource(kind)
#define __drv_releasesResource(kind)
#define __drv_preferredFunction(name, why)
#define __drv_reportError(why)
#define __drv_strictType(type, mode)
#define __drv_strictTypeMatch(mode)
#define __drv_useCancelIRQL
#define __drv_arg(target, annotations)
#define __drv_deref(annotations)
#define __drv_inTry
#define __drv_notInTry
#define __drv_notPointer
#define __drv_constant
#define __drv_nonConstant
#define __drv_valueIs(list)
#define __drv_inputs
#define __drv_outputs
#define __drv_interlocked
#define __drv_innerAcquiresGlobal(kind, parameter)
#define __drv_innerReleasesGlobal(kind, parameter)

#endif
