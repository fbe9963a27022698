# Characters that JSON does not take as they are.
$script:JsonSpecials = [char[]] @(0..31 + 34 + 92)

function Add-RunInput {
    <#
    .SYNOPSIS
        Hands what waits in a run to the library as lines of JSON, and emits the rows that are ready.
    .DESCRIPTION
        What waits are the values of the command's parameter: a mailbox each from a pipeline, or a whole list. Where the
        library finds the mailboxes itself there are none.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Run)

    if ($Run.HasSource) {
        $Run.Waiting.Clear()
        return
    }
    Assert-RunConnection -Run $Run
    $buffer = $Run.Buffer
    $isNameEnough = $Run.InputScript.Count -eq 0
    $isNameOfObjectEnough = $isNameEnough -and $Run.InputMember.Count -eq 0
    foreach ($value in $Run.Waiting) {
        # Nothing given is no mailbox; a null that came through the pipeline is one, like a null in a list.
        if ($null -eq $value -and $Run.Cmdlet.MyInvocation.ExpectingInput) { $value = @(, $null) }
        foreach ($mailbox in $value) {
            if ($null -eq $Run.Columns -and $null -ne $mailbox) { Initialize-RunColumn -Run $Run -Mailbox $mailbox -Others $value }
            # The plain cases are done here: a function call for each mailbox would cost more than all else.
            $name = $null
            if ($isNameEnough -and $mailbox -is [string]) {
                $name = $mailbox
            } elseif ($isNameOfObjectEnough -and $null -ne $mailbox) {
                $properties = $mailbox.PSObject.Properties
                foreach ($candidate in $Run.Columns) {
                    $property = $properties[$candidate]
                    if ($null -eq $property) { continue }
                    $name = $property.Value
                    if ($null -eq $name) { continue }
                    if ($name -isnot [string]) { break }
                    # How a list or an object shows as text, which Export-Csv makes of them, ends in a bracket; and what
                    # the last of the columns holds is no name where it is neither an address nor an id.
                    if ($name.Trim() -ne '' -and $name[-1] -ne ']' -and $name[-1] -ne '}' -and ($candidate -ne 'Identity' -or $name -match $script:AddressOrId)) { break }
                    $name = $null
                }
            }
            if ($name -is [string] -and $name.IndexOfAny($script:JsonSpecials) -lt 0) {
                [void] $buffer.Append('"' + $name + "`"`n")
            } elseif ($mailbox -is [System.Collections.IList]) {
                # A list within the list.
                foreach ($inner in $mailbox) { [void] $buffer.Append((ConvertTo-InputLine -Mailbox $inner -Run $Run)).Append("`n") }
            } else {
                [void] $buffer.Append((ConvertTo-InputLine -Mailbox $mailbox -Run $Run)).Append("`n")
            }
            if ($buffer.Length -gt 64000) { Push-RunInput -Run $Run }
        }
    }
    $Run.Waiting.Clear()
    Push-RunInput -Run $Run
    $Run.NextPush = $Run.Clock.ElapsedMilliseconds + 50
}
