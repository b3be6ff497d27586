package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.fault.Delivery;
import org.trampoline.emulator.fault.Vector;

/** The operations of segmentation, far control transfer, input and output, and the system. */
public final class SystemDispatch {
  private SystemDispatch() {}

  /** Executes one of them; anything else is #UD. */
  public static void execute(Cpu c, Insn i) {
    switch (i.operation) {
      case MOV_TO_SEGMENT -> SegmentLoad.movToSegment(c, i);
      case MOV_FROM_SEGMENT -> SegmentLoad.movFromSegment(c, i);
      case POP_SEGMENT -> SegmentLoad.pop(c, i);
      case LES -> SegmentLoad.loadFarPointer(c, i, SegmentRegister.ES);
      case LDS -> SegmentLoad.loadFarPointer(c, i, SegmentRegister.DS);
      case LSS -> SegmentLoad.loadFarPointer(c, i, SegmentRegister.SS);
      case LFS -> SegmentLoad.loadFarPointer(c, i, SegmentRegister.FS);
      case LGS -> SegmentLoad.loadFarPointer(c, i, SegmentRegister.GS);

      case JMP_FAR -> FarTransfer.jump(c, i);
      case CALL_FAR -> FarTransfer.call(c, i);
      case RET_FAR -> FarReturn.retf(c, i);
      case IRET -> FarReturn.iret(c, i);
      case INT -> {
        FlagInstructions.checkVirtualIopl(c);
        Delivery.software(c, i.imm & 0xff);
      }
      case INT3 -> Delivery.software(c, Vector.BP);
      case INTO -> {
        if (c.of()) {
          Delivery.software(c, Vector.OF);
        }
      }
      case INT1 -> Delivery.int1(c);
      case SYSENTER -> FastSystemCall.sysenter(c);
      case SYSEXIT -> FastSystemCall.sysexit(c);

      case PUSHF -> FlagInstructions.pushf(c, i);
      case POPF -> FlagInstructions.popf(c, i);
      case CLI -> FlagInstructions.cli(c);
      case STI -> FlagInstructions.sti(c);
      case IN -> InputOutput.in(c, i);
      case OUT -> InputOutput.out(c, i);

      case LGDT -> DescriptorTables.lgdt(c, i);
      case LIDT -> DescriptorTables.lidt(c, i);
      case SGDT -> DescriptorTables.sgdt(c, i);
      case SIDT -> DescriptorTables.sidt(c, i);
      case LLDT -> DescriptorTables.lldt(c, i);
      case LTR -> DescriptorTables.ltr(c, i);
      case SLDT -> DescriptorTables.sldt(c, i);
      case STR -> DescriptorTables.str(c, i);
      case LAR -> PointerValidation.lar(c, i);
      case LSL -> PointerValidation.lsl(c, i);
      case VERR -> PointerValidation.verr(c, i);
      case VERW -> PointerValidation.verw(c, i);
      case ARPL -> PointerValidation.arpl(c, i);

      case MOV_FROM_CONTROL -> ControlRegisters.movFromControl(c, i);
      case MOV_TO_CONTROL -> ControlRegisters.movToControl(c, i);
      case LMSW -> ControlRegisters.lmsw(c, i);
      case SMSW -> ControlRegisters.smsw(c, i);
      case CLTS -> ControlRegisters.clts(c);
      case MOV_FROM_DEBUG -> DebugRegisters.movFromDebug(c, i);
      case MOV_TO_DEBUG -> DebugRegisters.movToDebug(c, i);
      case INVLPG -> SystemInstructions.invlpg(c, i);
      case INVD, WBINVD -> SystemInstructions.checkLevel0(c); // no cache is modelled
      case HLT -> SystemInstructions.hlt(c);

      case RDMSR -> ModelSpecific.rdmsr(c);
      case WRMSR -> ModelSpecific.wrmsr(c);
      case RDTSC -> ModelSpecific.rdtsc(c);
      case RDPMC -> ModelSpecific.rdpmc(c);
      case CPUID -> ModelSpecific.cpuid(c);
      default -> throw c.ud();
    }
  }
}
