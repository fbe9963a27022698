function Open-Run {
    <#
    .SYNOPSIS
        Opens a run over many mailboxes for one of the run commands, or ends that command with the reason why not.
    .DESCRIPTION
        The token comes first, so that a refused one stops the command before its input is read.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # The function of the library that starts it.
        [Parameter(Mandatory = $true)] [string] $Function,
        # Members of its request beside those that all runs share.
        [System.Collections.IDictionary] $Members = @{},
        # Members of the input objects that the library needs beside the mailbox's name.
        [string[]] $InputMember = @(),
        # They need not be there: the library says what it misses.
        [switch] $OptionalInput,
        # Members of each input line that a script block gives: Block and Parameter by their name in the line.
        [System.Collections.IDictionary] $InputScript = @{},
        # What progress says is being done.
        [Parameter(Mandatory = $true)] [string] $Activity,
        # What Open-RunSession gave, where that was needed before.
        [psobject] $Session,
        # What Read-UndoFile gave, of a run that restores.
        [AllowNull()] [hashtable] $Undo
    )

    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        $run = $null
        try {
            $request = New-RunRequest -Cmdlet $Cmdlet -Bound $Bound
            foreach ($name in $Members.Keys) { $request[$name] = $Members[$name] }
            if ($null -eq $Session) { $Session = Open-RunSession -Cmdlet $Cmdlet -Bound $Bound -Undo $Undo }
            $run = Start-Run -Cmdlet $Cmdlet -Session $Session -Function $Function -Request $request -Activity $Activity -OverMailboxes
            $run.InputMember = $InputMember
            $run.InputScript = $InputScript
            $run.OptionalInput = [bool] $OptionalInput
            $run.Key = [string] $Members['key']
            return $run
        } finally {
            if ($null -eq $run) { Close-Session -Session $Session }
        }
    }
}
