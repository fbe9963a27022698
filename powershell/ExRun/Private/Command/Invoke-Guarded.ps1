# No [CmdletBinding()] and no [Parameter()] here: with them the function would have a $PSCmdlet of its own, which would
# hide the command's from the block. The block sees the variables of whoever wrote it; $PSBoundParameters is its own.
function Invoke-Guarded {
    <#
    .SYNOPSIS
        Does the work of a command and emits what it gives, at its end; a failure becomes one error of the command.
    .DESCRIPTION
        The error ends the command, or with Write stands beside what else it emits.
    #>
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        [scriptblock] $Do,
        # What the failure is about; by default the target that the failure names.
        [object] $About,
        [switch] $Write
    )

    # Nothing is emitted in the attempt: errors in the commands behind this one would become terminating.
    $attempt = Invoke-Attempt $Do $Cmdlet
    if ($null -eq $attempt.Failure) {
        if ($null -ne $attempt.Value) { return $attempt.Value }
        return
    }
    $failure = New-ErrorRecord -Cmdlet $Cmdlet -Failure $attempt.Record -Target $About
    if (-not $Write) { $Cmdlet.ThrowTerminatingError($failure) }
    Write-ErrorRecord -Cmdlet $Cmdlet -Record $failure
}
